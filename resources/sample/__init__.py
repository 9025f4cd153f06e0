"""The sample operator: trees of its services, price lists of its vendors."""
