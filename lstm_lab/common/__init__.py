"""What every part uses: writing files whole, and the words of a refusal."""
