"""The page of `gradlink docs`: an app described, with forms that call it; it needs the extra ``gradlink[docs]``."""
