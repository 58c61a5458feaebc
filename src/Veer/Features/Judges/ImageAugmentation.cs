using System.ComponentModel.DataAnnotations;

namespace Veer.Features;

/// <summary>Small random changes of training images that leave their class alone; each is uniform up to its limit, in both directions.</summary>
public sealed record ImageAugmentation
{
    /// <summary>Rotation, in degrees.</summary>
    [Range(0.0, 180.0)]
    public double Rotation { get; init; } = 12;

    /// <summary>Change of size, as a share of it.</summary>
    [Range(0.0, 0.9)]
    public double Scaling { get; init; } = 0.12;

    /// <summary>Shift along each axis, in pixels.</summary>
    [Range(0.0, 64.0)]
    public double Shift { get; init; } = 2;

    /// <summary>Whether shifts are by whole pixels, so that an image which is neither turned nor scaled stays as sharp as it was.</summary>
    public bool WholePixels { get; init; }

    /// <summary>Whether half of the images are mirrored left to right.</summary>
    public bool Mirror { get; init; }

    /// <summary>Changes every image by draws of its own; what comes in from outside is black (-1).</summary>
    /// <param name="images">[B, C, S, S] in [-1, 1].</param>
    /// <param name="draws">On the images' device.</param>
    internal Tensor Apply(Tensor images, RandomDraws draws)
    {
        using var scope = NewDisposeScope();
        long count = images.shape[0], side = images.shape[3];
        Tensor Uniform(double limit) => draws.Uniform([count]).mul_(2 * limit).sub_(limit);

        var (angle, scale) = (Uniform(Rotation * Math.PI / 180), Uniform(Scaling) + 1);
        Tensor Moved() => WholePixels ? Uniform(Shift + 0.5).round_().mul_(2.0 / side) : Uniform(2 * Shift / side);
        var (across, down) = (Moved(), Moved());
        var mirror = Mirror ? Uniform(1).sign() : ones_like(scale);
        // from a place in the new image to one in the old, in units of half a side
        var (cos, sin) = (angle.cos() / scale, angle.sin() / scale);
        var map = stack([mirror * cos, -sin, across, mirror * sin, cos, down], 1).reshape(count, 2, 3);
        var grid = nn.functional.affine_grid(map, images.shape, align_corners: false);
        return nn.functional.grid_sample(images + 1, grid, align_corners: false).sub_(1).MoveToOuterDisposeScope();
    }
}
