"""Features that are not there yet, each as the smallest plugin that could become it: the proof that the API is wide enough.

None of them touches the core. Each keeps the contract suite; the ones with a way to sign in are walked through.
"""
