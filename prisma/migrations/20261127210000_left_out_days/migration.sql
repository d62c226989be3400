-- Days that a merchant leaves out of the comparison.
CREATE TABLE "LeftOutDays" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "startsAt" TIMESTAMP(3) NOT NULL,
    "endsAt" TIMESTAMP(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "notedAt" TIMESTAMP(3) NOT NULL,
    "notedBy" TEXT NOT NULL,

    CONSTRAINT "LeftOutDays_pkey" PRIMARY KEY ("id")
);
