"""Virtual people by the million: who they are, how they live, and what their nights become."""
