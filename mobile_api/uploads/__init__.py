"""The tus 1.0.0 protocol over `media.uploads`: one verb of the specification per file, in its own words.

No byte is kept and nothing is decided about media here: headers in, headers out, and the body handed on in
pieces.
"""
