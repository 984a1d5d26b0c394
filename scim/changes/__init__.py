"""Bodies of requests, and what they make of resources."""
