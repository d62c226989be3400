-- When the shop's own Rollouts changed what buyers got.
CREATE TABLE "Stretch" (
    "shop" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "rolloutGid" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "Stretch_pkey" PRIMARY KEY ("shop","kind","rolloutGid","startedAt")
);
