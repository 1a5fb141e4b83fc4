from hooks import seed

post_fork = seed
