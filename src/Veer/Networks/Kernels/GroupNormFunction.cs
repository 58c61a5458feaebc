using System.Buffers;
using System.Runtime.InteropServices;
using Veer.Formats;

namespace Veer.Networks.Kernels;

/// <summary>
/// <see cref="GroupNormKernel{TNumber, TLanes}"/> over a batch, image by image on the threads that torch's operations of this thread use, and
/// its gradient (not the gradient's own). The bits do not depend on the number of threads.
/// </summary>
internal sealed class GroupNormFunction : autograd.SingleTensorFunction<GroupNormFunction>
{
    /// <summary>What is added to the variance of a group, where nothing else is said.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>The number of channels must be a multiple of this; torch's own normalisation takes others.</summary>
    public const int Lanes = 16;

    // Native code takes the gradients over once backward has returned, so the next call can free them. The caller's scope does so too, but
    // at its end: until then every layer's gradient would be kept.
    [ThreadStatic]
    private static List<Tensor>? handedOver;

    public override string Name => nameof(GroupNormFunction);

    /// <summary>The normalised batch, attached to the dispose scope.</summary>
    /// <param name="x">[B, ..., C] contiguous, float32 or bfloat16; C a multiple of the groups and of 16.</param>
    /// <param name="weight">[C] float32, or [B, C]: each image has its own.</param>
    /// <param name="bias">As the weight.</param>
    /// <param name="shift">[B, C] float32, added to x first; or null.</param>
    /// <param name="groups">Groups of neighbouring channels.</param>
    /// <param name="activate">Whether SiLU comes behind.</param>
    /// <param name="epsilon">Added to the variance of a group.</param>
    public static Tensor Apply(
        Tensor x, Tensor weight, Tensor bias, Tensor? shift, int groups, bool activate, float epsilon = Epsilon) =>
        apply(x, weight, bias, shift!, groups, activate, epsilon);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, bias, shift) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor?)vars[3]);
        var (groups, activate, epsilon) = ((int)vars[4], (bool)vars[5], (float)vars[6]);
        var batch = new Batch(x.shape, groups, activate, epsilon, weight.shape, Values(weight), Values(bias), shift is null ? [] : Values(shift));
        var y = empty_like(x);
        if (x.dtype == ScalarType.Float32) batch.Forward<float, Float32Lanes>(x, y);
        else batch.Forward<ushort, BFloat16Lanes>(x, y);
        ctx.save_for_backward([x]);
        ctx.save_data(nameof(Batch), batch);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        handedOver?.ForEach(tensor => tensor.Dispose());
        var batch = (Batch)ctx.get_data(nameof(Batch));
        using var x = ctx.get_saved_variables()[0];
        using var dense = grad_output.contiguous();
        var ofX = empty_like(x);
        var sums = x.dtype == ScalarType.Float32
            ? batch.Backward<float, Float32Lanes>(x, dense, ofX)
            : batch.Backward<ushort, BFloat16Lanes>(x, dense, ofX);
        grad_output.Dispose();
        handedOver = [ofX, tensor(sums.Weight, batch.Weights), tensor(sums.Bias, batch.Weights)];
        if (sums.Shift.Length > 0) handedOver.Add(tensor(sums.Shift, [x.shape[0], x.shape[^1]]));
        return [handedOver[0], handedOver[1], handedOver[2], handedOver.Count > 3 ? handedOver[3] : null!, null!, null!, null!];
    }

    private static float[] Values(Tensor tensor)
    {
        using var dense = tensor.detach().contiguous();
        return MemoryMarshal.Cast<byte, float>(dense.bytes).ToArray();
    }

    /// <summary>What one call works on, and the statistics that backward needs again.</summary>
    private sealed class Batch(long[] shape, int groups, bool activate, float epsilon, long[] weights, float[] weight, float[] bias, float[] shift)
    {
        private readonly int count = checked((int)shape[0]), channels = checked((int)shape[^1]);
        private readonly float[] offset = new float[shape[0] * shape[^1]], deviation = new float[shape[0] * shape[^1]];

        /// <summary>The shape of weight and bias.</summary>
        public long[] Weights => weights;

        public void Forward<TNumber, TLanes>(Tensor x, Tensor y)
            where TNumber : unmanaged
            where TLanes : struct, ILanes<TNumber> => Forward<TNumber, TLanes>(TensorBytes.Address(x), TensorBytes.Address(y), ImageSize(x));

        private void Forward<TNumber, TLanes>(nint x, nint y, int size)
            where TNumber : unmanaged
            where TLanes : struct, ILanes<TNumber> => ForEachImage(image =>
        {
            var from = Image<TNumber>(x, size, image);
            Span<float> move = Row(offset, image), scale = Row(deviation, image);
            GroupNormKernel<TNumber, TLanes>.Moments(from, shift.Length > 0 ? Row(shift, image) : [], groups, epsilon, move, scale);
            // not on the stack: the widest networks have 262,144 channels
            float[] rented = ArrayPool<float>.Shared.Rent(2 * channels);
            Span<float> slope = rented.AsSpan(0, channels), intercept = rented.AsSpan(channels, channels), ownWeight = Own(weight, image), ownBias = Own(bias, image);
            for (int c = 0; c < channels; c++)
            {
                slope[c] = ownWeight[c] * scale[c];
                intercept[c] = ownBias[c] + slope[c] * move[c];
            }
            GroupNormKernel<TNumber, TLanes>.Apply(from, slope, intercept, activate, Image<TNumber>(y, size, image));
            ArrayPool<float>.Shared.Return(rented);
        });

        public (float[] Weight, float[] Bias, float[] Shift) Backward<TNumber, TLanes>(Tensor x, Tensor gradient, Tensor ofX)
            where TNumber : unmanaged
            where TLanes : struct, ILanes<TNumber>
        {
            float[] ofWeight = new float[offset.Length], ofBias = new float[offset.Length], ofShift = new float[offset.Length];
            var (from, back, to, size) = (TensorBytes.Address(x), TensorBytes.Address(gradient), TensorBytes.Address(ofX), ImageSize(x));
            ForEachImage(image => GroupNormKernel<TNumber, TLanes>.Backward(
                Image<TNumber>(from, size, image), Image<TNumber>(back, size, image), Own(weight, image), Own(bias, image), groups, activate, Row(offset, image), Row(deviation, image),
                Image<TNumber>(to, size, image), Row(ofWeight, image), Row(ofBias, image), Row(ofShift, image)));
            if (weights.Length == 1) (ofWeight, ofBias) = (OverImages(ofWeight), OverImages(ofBias));
            return (ofWeight, ofBias, shift.Length > 0 ? ofShift : []);
        }

        private void ForEachImage(Action<int> work)
        {
            int threads = Math.Min(get_num_threads(), count);
            if (threads > 1) Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
            else for (int image = 0; image < count; image++) work(image);
        }

        private int ImageSize(Tensor batch) => checked((int)(batch.numel() / count));

        /// <summary>An image of a batch, which may be larger than a span.</summary>
        private static unsafe Span<TNumber> Image<TNumber>(nint batch, int size, int image)
            where TNumber : unmanaged => new((TNumber*)batch + (long)image * size, size);

        /// <summary>The weight or bias of an image.</summary>
        private Span<float> Own(float[] values, int image) => weights.Length == 1 ? values : Row(values, image);

        private Span<float> Row(float[] rows, int image) => rows.AsSpan(image * channels, channels);

        private float[] OverImages(float[] rows)
        {
            float[] sums = new float[channels];
            for (int image = 0; image < count; image++)
                for (int c = 0; c < channels; c++) sums[c] += rows[image * channels + c];
            return sums;
        }
    }
}
