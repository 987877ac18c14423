-- Two batches under one signature are one payment on the ledger that the books count twice.
create unique index campaign_batches_by_signature on campaign_batches (signature);
