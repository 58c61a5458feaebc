namespace Veer.Metrics;

/// <summary>The product of a transposed matrix and itself: what lies above the diagonal's blocks is known from below, and not calculated.</summary>
internal static class SymmetricProduct
{
    /// <summary>Columns of a block.</summary>
    private const long Block = 512;

    /// <summary>Its lower triangle; what stands above is not all of it.</summary>
    /// <param name="matrix">[N, D].</param>
    /// <returns>[D, D].</returns>
    public static Tensor Lower(Tensor matrix)
    {
        var product = zeros(matrix.shape[1], matrix.shape[1], matrix.dtype, matrix.device);
        AddLower(product, matrix);
        return product;
    }

    /// <summary>Adds its lower triangle to one.</summary>
    public static void AddLower(Tensor target, Tensor matrix)
    {
        using var scope = NewDisposeScope();
        for (long first = 0; first < matrix.shape[1]; first += Block)
        {
            long columns = Math.Min(Block, matrix.shape[1] - first), rows = matrix.shape[1] - first;
            target.narrow(0, first, rows).narrow(1, first, columns).addmm_(matrix.narrow(1, first, rows).t(), matrix.narrow(1, first, columns));
        }
    }

    /// <summary>The whole of what was added; a single block is whole.</summary>
    public static Tensor Whole(Tensor lower)
    {
        using var scope = NewDisposeScope();
        return (lower.shape[0] <= Block ? lower.clone() : lower.tril() + lower.tril(-1).t()).MoveToOuterDisposeScope();
    }
}
