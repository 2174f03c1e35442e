"""What docker-compose.yaml describes, run without containers: the same commands with the same environment."""
