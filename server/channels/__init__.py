"""What carries messages out of the house, each behind the port of `scheduler.messages.channel`, chosen by settings.
Nothing here knows of records, and no log line or error holds an address.
"""
