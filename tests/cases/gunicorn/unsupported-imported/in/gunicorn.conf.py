from hooks import post_fork
