"""Who people are: identity numbers, names and accounts, encrypted, with keyed indexes to find them by.

The only place that knows both a number and the `person_id` under which the facts speak. It knows no policy and no fact.
"""
