-- Only offline sessions are used: who of the staff opened the app is not kept.
ALTER TABLE "Session"
  DROP COLUMN "userId",
  DROP COLUMN "firstName",
  DROP COLUMN "lastName",
  DROP COLUMN "email",
  DROP COLUMN "accountOwner",
  DROP COLUMN "locale",
  DROP COLUMN "collaborator",
  DROP COLUMN "emailVerified";
