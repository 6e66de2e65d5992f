"""What a clerk is shown beside a proposal, and the way from one proposal to the next."""
