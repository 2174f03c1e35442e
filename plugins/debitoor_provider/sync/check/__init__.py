"""The check: source, target and ledger of an account compared for a period. Nothing is written."""
