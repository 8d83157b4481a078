"""The written contract with every app: OpenAPI, sync protocol, errors, vectors; their export and drift check.
Nothing in the product imports it; it only reads the product and writes down what it promises.
"""
