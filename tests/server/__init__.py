"""The server as desks, phones and administrators meet it, over real HTTP."""
