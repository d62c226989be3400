-- What a shop's offers have told of its shoppers, where its owner lets other shops learn from it.
CREATE TABLE "SharedAnswer" (
    "shop" TEXT NOT NULL,
    "answer" INTEGER[],
    "learnedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SharedAnswer_pkey" PRIMARY KEY ("shop")
);
