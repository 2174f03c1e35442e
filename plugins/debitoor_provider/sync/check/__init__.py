"""The check: source, target and ledger of an account compared for a period; nothing is written to either service."""
