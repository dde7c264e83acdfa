"""Values as programs have them, made into what an app takes, where its schema says what that is.

The libraries whose values these are, such as PIL and pandas, are looked up among the modules that are loaded already:
who has such a value has imported them.
"""
