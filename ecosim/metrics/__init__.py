"""Metrics: functions of columns, counts and ledgers. They read and never write, so looking changes nothing."""
