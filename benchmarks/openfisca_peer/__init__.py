"""OpenFisca-core on what it can express of A1 (by person and month) and B3 (one certificate a person).

Its licence is AGPL-3.0: it lives in the peers' environment alone, and nothing of Jixiang imports it.
"""
