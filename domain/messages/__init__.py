"""What customers are told: kinds of messages, their words in both languages, to whom they go, and when not any more.
Nothing is sent here, and nothing is known of channels.
"""
