"""The watch: warns of tokens that are about to end, stand idle, or turn up somewhere new.

It offers no names here: :mod:`app.tokens` uses some of its modules, and some of them use it.
"""
