"""The authorization matrix: every root field, called by every kind of caller.

To add root fields, write a module `cases_<area>.py` with a list `CASES` of `case.Case`: the document, the outcomes (one
function of `outcomes` a kind of rule, or a mapping for what fits none), and where needed the variables and a `prepare`
that makes what the call is about. `test_matrix` runs all of them: the refused get exactly one error with the code, no
data, and leave the whole database as it was; the admitted get an answer. `test_completeness` fails for a root field
without a case.
"""
