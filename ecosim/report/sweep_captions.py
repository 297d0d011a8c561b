"""What is written over and under the parts of a sweep's page."""

HEADINGS = {
    "matters": "What matters",
    "goes": "Which way it goes",
    "where": "Where it holds",
    "settled": "Have the indices settled?",
    "enough": "Are the worlds enough?",
}
CAPTIONS = {
    "indices": "Sensitivity indices, largest first, with 95 % intervals over resampled points. The shade is what a "
    "factor that changes nothing reaches; grey factors cannot be told from it.",
    "screening": "Morris’ plane: the mean size of a factor’s effects against their spread. Far up means that the "
    "effect depends on where the other factors are, or bends.",
    "tornado": "The mean of the quantity where a factor is in its lowest and in its highest fifth, over all values of "
    "the others. Grey: the 95 % interval of the swing includes zero.",
    "curves": "The mean of the quantity over the values of each factor; bands and bars are 95 % intervals over points, "
    "which hold what the other factors do.",
    "boxes": "Every line is a point of the design; bars are the limits of the boxes in which the condition tends to "
    "hold. A box without a bar on a factor is not limited by it.",
    "convergence": "The indices worked out from the first eighth, quarter, half and all of the design. Lines that "
    "still move ask for a larger n.",
    "running": "The mean of the quantity over all points after each replication, with its 95 % interval.",
}
