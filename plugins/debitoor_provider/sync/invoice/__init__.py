"""What a document says about itself: e-invoices embedded in its PDF, or the XML that it is."""
