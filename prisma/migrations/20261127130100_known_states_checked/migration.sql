-- Looks through the rows while the shops' work goes on.
ALTER TABLE "Bundle" VALIDATE CONSTRAINT "Bundle_status_known";
ALTER TABLE "Run" VALIDATE CONSTRAINT "Run_status_known";
