"""River sections: their samples by local day, their class now and by month, and who meets its target."""
