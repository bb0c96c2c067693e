"""Dust of building sites and roads: five-minute means, hours above a mark, days by monitor and by place."""
