"""Links by which a view is read by everybody who has them."""
