"""The models of resource types and extensions, and what they say of attributes."""
