-- CreateTable
CREATE TABLE "DueWork" (
    "shop" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "dueAt" TIMESTAMP(3) NOT NULL,
    "claimedUntil" TIMESTAMP(3),
    "heldBy" TEXT,
    "finishedAt" TIMESTAMP(3),
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "DueWork_pkey" PRIMARY KEY ("shop", "kind")
);

-- CreateIndex
CREATE INDEX "DueWork_kind_dueAt_idx" ON "DueWork"("kind", "dueAt");
