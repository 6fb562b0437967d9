"""What the dialer offers, one folder each: rules, records, endpoints and texts of one subject."""
