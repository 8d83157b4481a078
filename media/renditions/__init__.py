"""Pictures and proxies that are made of an original, each in a process of its own that can be killed.

What a rendition is for, who may see it and when it is made is decided above; no work order and no database live here.
"""
