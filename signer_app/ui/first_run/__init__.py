"""What a newcomer meets before there is a workspace: practise now, or set up for real."""
