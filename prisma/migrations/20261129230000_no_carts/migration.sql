-- What carts and checkouts hold was kept and read by nothing. Only jobs of workers use the table: those of the release
-- before fail while they run beside this one, and are tried again by the new ones.
-- squawk-ignore ban-drop-table
DROP TABLE "CartSnapshot";
