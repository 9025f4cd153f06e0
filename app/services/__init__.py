"""Use cases, one verb a file. No SQL here: services call the queries of app.db."""
