"""What the trials teach about the few uncertain gains of the body: priors into a posterior."""
