"""The shapes of requests and answers: pydantic models, made from and into the domain's own values."""
