namespace Veer.Matching;

/// <summary>The k nearest points of every query, nearest first; equal distances stand in the order of the points.</summary>
/// <param name="Indices">[N, k] int64: rows of the points.</param>
/// <param name="Distances">[N, k] float32: Euclidean distances, in the unit of the points.</param>
public sealed record NeighborLists(Tensor Indices, Tensor Distances);
