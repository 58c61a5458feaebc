namespace Veer.Evaluation;

/// <summary>A number with the interval in which repetitions of the whole experiment, with new samples and new real ones, would fall nineteen times of twenty.</summary>
/// <param name="Value">The number of all samples.</param>
/// <param name="Error">Its standard error; NaN where there are too few samples to tell.</param>
/// <param name="Low">Lower end of the 95 % interval; NaN as the error.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Estimate(double Value, double Error, double Low, double High);
