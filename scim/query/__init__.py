"""Questions about a directory: filters, sorting and pages, and the statements that answer them."""
