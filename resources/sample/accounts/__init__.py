"""The sample operator's companies, contracts and users, one file for each section."""
