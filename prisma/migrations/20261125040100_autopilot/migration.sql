-- CreateTable
CREATE TABLE "Autopilot" (
    "shop" TEXT NOT NULL,
    "onSince" TIMESTAMP(3),
    "onBy" TEXT,
    "collectionGids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "steeredOn" TEXT,

    CONSTRAINT "Autopilot_pkey" PRIMARY KEY ("shop")
);
