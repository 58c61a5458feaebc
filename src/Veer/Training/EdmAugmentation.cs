using System.ComponentModel.DataAnnotations;

namespace Veer.Training;

/// <summary>
/// EDM's augmentation of training images (Karras et al., arXiv 2206.00364, appendix F.2): flips, scaling, rotation, anisotropic scaling and translation. The
/// network is conditioned on what was done, so that it does not leak into its samples: they are drawn with that conditioning zero, which is "nothing".
/// </summary>
/// <remarks>
/// Images are changed on a grid of twice their size, bicubic on the way there, bilinear upon it and by means of 2 × 2 on the way back; what
/// comes in from outside is mirrored at the edge. Images that only flip, or not even that, stay as they are to the bit.
/// </remarks>
public sealed record EdmAugmentation
{
    /// <summary>Numbers that say what was done to an image.</summary>
    public const int Conditions = 9;

    // standard deviations: factors of two, and shares of the image's sides
    private const double Scaling = 0.2, Stretching = 0.2, Shift = 1.0 / 8;

    /// <summary>Of each change by itself, but for the mirroring left to right.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.12;

    /// <summary>Whether half of the images are mirrored left to right.</summary>
    public bool Mirror { get; init; } = true;

    /// <summary>Changes every image by draws of its own.</summary>
    /// <param name="images">[B, C, H, W] float32.</param>
    /// <param name="key">Names the draws.</param>
    /// <returns>The images, and [B, 9] what was done to them.</returns>
    public (Tensor Images, Tensor Conditions) Apply(Tensor images, RandomKey key)
    {
        using var scope = NewDisposeScope();
        long count = images.shape[0];
        using var draws = key.Draws(images.device);
        Tensor Uniform() => draws.Uniform([count]);
        Tensor Normal() => draws.Normal([count]);
        Tensor Coin(double probability) => Uniform().less(probability).to(ScalarType.Float32);
        Tensor Angle() => (2 * Uniform() - 1) * Math.PI;

        // a change of strength zero is none
        var across = Coin(Mirror ? 0.5 : 0);
        var upright = Coin(0.5) * Coin(Probability);
        var size = Normal() * Coin(Probability);
        var turn = Angle() * Coin(Probability);
        // half of them along the image's sides
        var (stretch, direction) = (Normal() * Coin(Probability), Angle() * Coin(0.5));
        var shifted = Coin(Probability);
        var (right, down) = (Normal() * shifted, Normal() * shifted);

        images = where(Column(across) > 0, images.flip(3), images);
        images = where(Column(upright) > 0, images.flip(2), images);
        var moved = Moved(images, Map(size, turn, stretch, direction), right, down);
        var stays = (size == 0) & (turn == 0) & (stretch == 0) & (shifted == 0);
        var conditions = stack(
            [across, upright, size, turn.cos() - 1, turn.sin(), stretch * direction.cos(), stretch * direction.sin(), right, down], 1);
        return (where(Column(stays), images, moved).MoveToOuterDisposeScope(), conditions.MoveToOuterDisposeScope());
    }

    /// <summary>From a place in the new image to one in the old, about its middle, in pixels: row by row, each [B].</summary>
    private static (Tensor Xx, Tensor Xy, Tensor Yx, Tensor Yy) Map(Tensor size, Tensor turn, Tensor stretch, Tensor direction)
    {
        // the stretch undone: a factor along the direction, one over it across
        var (along, across) = (exp2(-Stretching * stretch), exp2(Stretching * stretch));
        var (c, s) = (direction.cos(), direction.sin());
        var (xx, xy, yy) = (along * c * c + across * s * s, (across - along) * c * s, along * s * s + across * c * c);
        var factor = exp2(-Scaling * size);
        (c, s) = (factor * turn.cos(), factor * turn.sin());
        return (c * xx - s * xy, c * xy - s * yy, s * xx + c * xy, s * xy + c * yy);
    }

    private static Tensor Moved(Tensor images, (Tensor Xx, Tensor Xy, Tensor Yx, Tensor Yy) map, Tensor right, Tensor down)
    {
        var (height, width) = (images.shape[2], images.shape[3]);
        var options = (type: ScalarType.Float32, images.device);
        // in half sides from the middle, as grids are; a shift of one is half a side
        var x = ((arange(2 * width, options.type, options.device) + 0.5) / width - 1).reshape(1, 1, -1) - Planes(right) * (2 * Shift);
        var y = ((arange(2 * height, options.type, options.device) + 0.5) / height - 1).reshape(1, -1, 1) - Planes(down) * (2 * Shift);
        double aspect = (double)height / width;
        var grid = stack(
            [Planes(map.Xx) * x + Planes(map.Xy) * aspect * y, Planes(map.Yx) / aspect * x + Planes(map.Yy) * y], -1);
        var doubled = nn.functional.interpolate(images, scale_factor: [2, 2], mode: InterpolationMode.Bicubic, align_corners: false);
        var moved = nn.functional.grid_sample(
            doubled, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Reflection, align_corners: false);
        return nn.functional.avg_pool2d(moved, 2);

        static Tensor Planes(Tensor rows) => rows.reshape(-1, 1, 1);
    }

    private static Tensor Column(Tensor rows) => rows.reshape(-1, 1, 1, 1);
}
