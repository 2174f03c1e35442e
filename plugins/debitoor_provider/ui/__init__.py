"""The Synchronisation page: its API, who may do what, and its web app."""
