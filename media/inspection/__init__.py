"""What a file is by its content, and whether it is fit to be kept as a photo, clip, recording or document.

It decodes what strangers sent, so it runs in the killable process of `media.renditions` alone; only its codes and
values are for the server itself.
"""
