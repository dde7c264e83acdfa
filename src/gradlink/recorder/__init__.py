"""The recorder of `gradlink record`: what is done in an app's page, as a program; it needs the extra ``gradlink[record]``."""
